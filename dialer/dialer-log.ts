/** What the dialer says to the log: fixed messages, fields with units, ids for people. Never a number, never a secret. */
export interface DialerLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
