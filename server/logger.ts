import { pino, stdTimeFunctions } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import { maskFields, maskText } from './log-mask.ts';

export interface LoggerOptions {
  readonly level: string;
  /** Default: stderr, so that stdout belongs to the answers of commands. */
  readonly destination?: DestinationStream;
}

/**
 * JSON lines with a fixed message and fields; ids instead of people. Whatever is logged passes the mask: passwords and tokens
 * are replaced, telephone numbers lose their middle.
 */
export function createLogger({ level, destination }: LoggerOptions): Logger {
  return maskChildren(
    pino(
      {
        level,
        base: { pid: process.pid },
        timestamp: stdTimeFunctions.isoTime,
        formatters: {
          level: (label) => ({ level: label }),
          log: maskFields,
        },
        // The formatter above has made plain objects of errors, of their causes too.
        serializers: { err: (error: unknown) => error },
        hooks: {
          logMethod(args, method) {
            const masked = args.map((arg: unknown) => (typeof arg === 'string' ? maskText(arg) : arg));
            method.apply(this, masked as typeof args);
          },
        },
      },
      destination ?? pino.destination({ dest: 2, sync: true }),
    ),
  );
}

/** Bindings of a child are written once, when it is made, and pass no formatter. Children inherit this from their parent. */
function maskChildren(logger: Logger): Logger {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the parent as `this` below
  const makeChild: (this: Logger, bindings: object, options?: object) => Logger = logger.child;
  const child = function (this: Logger, bindings: object, options?: object): Logger {
    return makeChild.call(this, maskFields(bindings), options);
  };
  logger.child = child as unknown as Logger['child'];
  return logger;
}
