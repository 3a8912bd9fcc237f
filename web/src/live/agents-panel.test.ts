import { render, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { expect, test } from 'vitest';
import type { AgentView } from '../../../server/api.ts';
import AgentsPanel from './agents-panel.svelte';
import { at } from './fake-socket.fixture.ts';

const ADA: AgentView = {
  agentId: 'a' as AgentView['agentId'],
  name: 'Ada',
  isAutomatic: false,
  state: 'talking',
  reason: null,
  since: at(0),
  callId: null,
  campaignId: null,
  leadId: null,
  phone: '',
  wrapUntil: null,
  wanted: null,
  wantedReason: null,
  callsToday: 0,
};

test('a timer out of sight stands still until its row changes or is seen again', async () => {
  const { rerender, container } = render(AgentsPanel, { agents: [ADA], isKnown: true, frozenAt: 5000 });
  const skip = async (skipped: boolean): Promise<void> => {
    const event = Object.assign(new Event('contentvisibilityautostatechange'), { skipped });
    container.querySelector('li[data-since]')?.dispatchEvent(event);
    await tick();
  };
  await rerender({ frozenAt: 6000 });
  screen.getByText('0:06');
  await skip(true);
  await rerender({ frozenAt: 9000 });
  screen.getByText('0:06');
  await rerender({ agents: [{ ...ADA, since: at(7000), state: 'ready' }] });
  expect(screen.getByRole('time').textContent).toBe('0:02');
  await rerender({ frozenAt: 12_000 });
  screen.getByText('0:02');
  await skip(false);
  screen.getByText('0:05');
});
