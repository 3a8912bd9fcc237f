import type { Carrier } from './carrier.ts';
import { causeNamed } from './hangup-cause.ts';
import type { Reach, Reached } from './leg-setup.ts';
import type { Phones } from './phones.ts';

const nobody = (cause: string): Reached => ({ kind: 'nobody', cause });

/** The dial strings that the simulated switch understands: agents' phones and the carrier. */
export function endpointsOf(carrier: Carrier, phones: Phones): Reach {
  return (endpoint) => {
    // Variables whose bracket never closes.
    if (/^[{[<]/u.test(endpoint)) return nobody('DESTINATION_OUT_OF_ORDER');
    const [module = '', ...rest] = endpoint.split('/');
    const address = rest.join('/');
    switch (module) {
      case 'user':
        return phone(phones, address);
      case 'sofia':
        return sofia(carrier, address);
      case 'error':
        return nobody(causeNamed(address));
      default:
        return nobody('CHAN_NOT_IMPLEMENTED');
    }
  };
}

/** `user/1000@domain`. */
function phone(phones: Phones, address: string): Reached {
  const [extension = '', domain = ''] = address.split('@');
  if (!phones.isUser(extension) || domain === '') return nobody('SUBSCRIBER_ABSENT');
  if (!phones.isRegistered(extension)) return nobody('USER_NOT_REGISTERED');
  return {
    kind: 'phone',
    channelName: `sofia/internal/${extension}@${domain}`,
    destination: extension,
    presenceId: `${extension}@${domain}`,
    call: (_invite, signals) => phones.call(extension, signals),
  };
}

/** `sofia/gateway/NAME/NUMBER` and `sofia/PROFILE/NUMBER@HOST`. */
function sofia(carrier: Carrier, address: string): Reached {
  const [profile = '', ...rest] = address.split('/');
  const isGateway = profile === 'gateway';
  const trunk = isGateway ? (rest[0] ?? '') : (rest[0]?.split('@')[1] ?? '');
  const target = isGateway ? rest.slice(1).join('/') : rest.join('/');
  const [user = '', host = ''] = target.split('@');
  if (isGateway && trunk === '') return nobody('INVALID_GATEWAY');
  if (isGateway && carrier.downGateways.has(trunk)) return nobody('GATEWAY_DOWN');
  if (user === '' || (!isGateway && host === '')) return nobody('INVALID_URL');
  return {
    kind: 'trunk',
    channelName: isGateway ? `sofia/external/${target}` : `sofia/${profile}/${target}`,
    destination: user,
    presenceId: null,
    call: (invite, signals) => carrier.call({ ...invite, number: user, trunk }, signals),
  };
}
