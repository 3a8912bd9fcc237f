import type { Carrier } from './carrier.ts';
import type { Phones } from './phones.ts';

/** Questions about users, registrations and gateways, answered from the phones and the carrier; null when the command is none of them. */
export function askDirectory(
  { phones, carrier }: { readonly phones: Phones; readonly carrier: Carrier },
  command: string,
  argument: string,
): string | null {
  const words = argument.split(' ');
  switch (command) {
    case 'user_exists': {
      const [, user = ''] = words;
      return String(phones.isUser(user));
    }
    case 'sofia_contact': {
      const [extension = '', domain = ''] = (argument.split('/').at(-1) ?? '').split('@');
      return phones.isRegistered(extension)
        ? `sofia/internal/sip:${extension}@${domain}`
        : 'error/user_not_registered';
    }
    case 'sofia':
      if (words[0] === 'xmlstatus' && words[1] === 'gateway') return gatewayStatus(carrier, words[2] ?? '');
      return words[0] === 'status' ? SOFIA_STATUS : '-USAGE: sofia help\n';
    default:
      return null;
  }
}

/** The fields that anybody reads; a real one has thirty. Every name is a gateway here but `unknown`. */
function gatewayStatus(carrier: Carrier, name: string): string {
  if (name === '' || name === 'unknown') return 'Invalid Gateway!\n';
  return [
    '<?xml version="1.0" encoding="ISO-8859-1"?>',
    '  <gateway>',
    `    <name>${name}</name>`,
    '    <state>NOREG</state>',
    `    <status>${carrier.downGateways.has(name) ? 'DOWN' : 'UP'}</status>`,
    '  </gateway>',
    '',
  ].join('\n');
}

const RULE = '='.repeat(97);
const SOFIA_STATUS = [
  '                     Name\t   Type\t                                      Data\tState',
  RULE,
  '                 internal\tprofile\t             sip:mod_sofia@127.0.0.1:5060\tRUNNING (0)',
  '                 external\tprofile\t             sip:mod_sofia@127.0.0.1:5080\tRUNNING (0)',
  RULE,
  '2 profiles 0 aliases',
  '',
].join('\n');
