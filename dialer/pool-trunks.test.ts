import { describe, expect, test } from 'vitest';
import type { CampaignId, TrunkId } from '../kernel/ids.ts';
import { seconds } from '../kernel/time.ts';
import { muchRoom, PoolWorld, someCampaign, someTrunk } from './pool-world.fixture.ts';
import { gatewayOf } from './pool-trunks.ts';
import type { SwitchFact } from './telephony.ts';

const TRUNK = 'trunk' as TrunkId;
const throughGateway = someTrunk({ dialTemplate: 'sofia/gateway/carrier/{number}', pingMs: seconds(30) });
const ROOM = muchRoom('campaign' as CampaignId);

function aWorld(trunk = throughGateway): PoolWorld {
  const campaigns = [someCampaign({ trunk, dialMode: 'power', linesPerAgent: 10 })];
  return new PoolWorld({ seats: 3, ready: 0, campaigns, counts: [ROOM] });
}

type State = Extract<SwitchFact, { type: 'gateway-seen' }>['state'];
function seen(world: PoolWorld, state: State, gateway = 'carrier'): void {
  world.fact({ type: 'gateway-seen', at: world.now, trunkId: TRUNK, gateway, state });
}
const why = (world: PoolWorld) => world.loop.view(world.time).campaigns[0]?.why;

test.each([
  ['sofia/gateway/carrier/{number}', 'carrier'],
  ['sofia/gateway/car-rier.2/9{number}', 'car-rier.2'],
  ['sofia/trunk/{number}@gateway.example', null],
])('%s goes through the gateway %s', (template, gateway) => {
  expect(gatewayOf(template)).toBe(gateway);
});

describe('a trunk through a gateway', () => {
  test('is asked about at once, and then as often as it says', () => {
    const world = aWorld();
    world.pass(1000);
    expect(world.sent('see-gateway')).toEqual([{ do: 'see-gateway', trunkId: TRUNK, gateway: 'carrier' }]);
    world.pass(61_000);
    expect(world.sent('see-gateway')).toHaveLength(3);
  });

  test('whose carrier does not answer carries no call until it does, and says since when', () => {
    const world = aWorld();
    world.pass(50);
    seen(world, 'unreachable');
    const since = world.now;
    world.signIn(1);
    world.pass(5000);
    expect(world.dialled).toEqual([]);
    expect(why(world)).toEqual({ kind: 'trunk', code: 'unreachable', gateway: 'carrier', since });
    seen(world, 'unreachable');
    expect(why(world)).toMatchObject({ since });
    seen(world, 'up');
    world.nextLine();
    expect(why(world)).toMatchObject({ kind: 'decided' });
  });

  test('that the switch does not know carries no call and is named', () => {
    const world = aWorld();
    world.pass(50);
    seen(world, 'unknown-gateway');
    world.signIn(1);
    world.pass(5000);
    expect(world.dialled).toEqual([]);
    expect(why(world)).toMatchObject({ kind: 'trunk', code: 'unknown-gateway', gateway: 'carrier' });
  });

  test('an agent who dials by hand is told so', () => {
    const world = aWorld();
    world.pass(50);
    seen(world, 'unreachable');
    world.signIn(1);
    const wish = { campaignId: 'campaign', leadId: 'lead', numberId: 'number' };
    expect(world.command(1, { type: 'dial', ...wish } as never)).toMatchObject({
      ok: false,
      code: 'trunk-down',
    });
  });

  test('is forgotten with the link, and asked about anew when it is back', () => {
    const world = aWorld();
    world.pass(50);
    seen(world, 'unreachable');
    world.fact({ type: 'link-down', at: world.now, reason: 'reset' });
    world.fact({ type: 'link-up', at: world.now, channels: [] });
    const before = world.sent('see-gateway').length;
    world.pass(50);
    expect(world.sent('see-gateway')).toHaveLength(before + 1);
    expect(why(world)).not.toMatchObject({ kind: 'trunk' });
  });

  test('that was given another gateway is not held to what was heard of the first', () => {
    const world = aWorld();
    world.pass(50);
    const trunk = { ...throughGateway, dialTemplate: 'sofia/gateway/other/{number}' };
    world.campaigns([someCampaign({ trunk, dialMode: 'power', linesPerAgent: 10 })]);
    seen(world, 'unreachable', 'carrier');
    world.signIn(1);
    world.nextLine();
    expect(why(world)).not.toMatchObject({ kind: 'trunk' });
  });
});

test.each([
  ['that calls an address', someTrunk({ pingMs: seconds(30) })],
  ['whose ping is off', someTrunk({ dialTemplate: 'sofia/gateway/carrier/{number}' })],
])('a trunk %s is never asked about', (_which, trunk) => {
  const world = aWorld(trunk);
  world.pass(60_000);
  expect(world.sent('see-gateway')).toEqual([]);
});
