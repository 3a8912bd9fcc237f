import type { UserId } from '../../kernel/ids.ts';
import { SOCKET_CLOSE } from '../api/live-message.ts';
import type { LiveSocket } from '../live-socket.ts';
import type { SignedIn } from './signed-in.ts';

export const SIGNED_OUT_REASON = 'You are signed out; sign in again.';

/** The sockets of this process by their session, so that whoever is out is out at once. */
export class OpenSockets {
  readonly #owners = new Map<LiveSocket, { readonly sessionKey: string; readonly userId: UserId }>();

  add(socket: LiveSocket, { sessionKey, userId }: Pick<SignedIn, 'sessionKey' | 'userId'>): void {
    this.#owners.set(socket, { sessionKey, userId });
    socket.once('close', () => this.#owners.delete(socket));
  }

  sessionKeys(): ReadonlySet<string> {
    return new Set([...this.#owners.values()].map(({ sessionKey }) => sessionKey));
  }

  closeSession(sessionKey: string): void {
    for (const [socket, owner] of this.#owners) {
      if (owner.sessionKey === sessionKey) socket.close(SOCKET_CLOSE.signedOut, SIGNED_OUT_REASON);
    }
  }

  closeUser(userId: UserId, exceptSessionKey: string | null): void {
    for (const [socket, owner] of this.#owners) {
      if (owner.userId === userId && owner.sessionKey !== exceptSessionKey) {
        socket.close(SOCKET_CLOSE.signedOut, SIGNED_OUT_REASON);
      }
    }
  }
}
