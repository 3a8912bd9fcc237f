export type EslErrorCode =
  /** No TCP connection, or nobody who greets. */
  | 'unreachable'
  | 'wrong-password'
  /** The switch's access list turned us away (`text/rude-rejection`). */
  | 'rejected'
  /** A command had no reply in time: the socket was destroyed, nobody knows whether the command was carried out. */
  | 'no-reply'
  /** The connection ended; what was in flight may have been carried out. */
  | 'closed'
  /** What arrived is not the protocol, or is larger than we take. */
  | 'bad-frame'
  /** The switch answered a background command with an error: it was not carried out. */
  | 'refused'
  /** Not sent: the text would have ended the command and begun another, or cannot be expressed. */
  | 'unsafe'
  /** Not sent: too many commands wait for their reply. */
  | 'overloaded';

/** The world's failures on an event socket, with a sentence for people. */
export class EslError extends Error {
  readonly code: EslErrorCode;

  constructor(code: EslErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EslError';
    this.code = code;
  }
}
