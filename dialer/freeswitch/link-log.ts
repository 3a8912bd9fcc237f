/** What the link writes about itself: fixed message, fields with units, never a password or a full phone number. pino fits. */
export interface LinkLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
