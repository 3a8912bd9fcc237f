import type { EndedCallView } from '../../../server/api.ts';

/** Good: a person talked to an agent. Bad: a person was there and none did, or the call was lost on our side. */
export function endingTone(ending: EndedCallView['ending']): 'good' | 'bad' | null {
  if (ending === 'connected') return 'good';
  return ending === 'human-abandoned' || ending === 'agent-lost' || ending === 'lost' ? 'bad' : null;
}
