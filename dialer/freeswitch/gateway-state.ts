import type { SwitchFact } from '../telephony.ts';

type GatewayState = Extract<SwitchFact, { readonly type: 'gateway-seen' }>['state'];

/**
 * What `sofia xmlstatus gateway NAME` says: `<status>` is UP or DOWN by the answers to the switch's OPTIONS, and UP where it does not
 * ping. Null for anything else, such as a mod_sofia that is being loaded.
 */
export function gatewayState(reply: string): GatewayState | null {
  if (reply.startsWith('Invalid Gateway')) return 'unknown-gateway';
  const status = /<status>(UP|DOWN)<\/status>/.exec(reply)?.[1];
  if (status === undefined) return null;
  return status === 'UP' ? 'up' : 'unreachable';
}
