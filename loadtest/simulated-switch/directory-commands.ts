import type { Phones } from './phones.ts';

/** Questions about users and registrations, answered from the phones; null when the command is none of them. */
export function askDirectory(phones: Phones, command: string, argument: string): string | null {
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
      return words[0] === 'status' ? SOFIA_STATUS : '-USAGE: sofia help\n';
    default:
      return null;
  }
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
