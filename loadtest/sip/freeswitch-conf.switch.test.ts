import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gatewayState } from '../../dialer/freeswitch/gateway-state.ts';
import { describeWith } from '../../server/test-tools.ts';
import { agentPhoneRange, startAgentPhones } from './agent-phones.ts';
import { endingFor, type CarrierBehaviourName } from './carrier-behaviour.ts';
import { carrierScenarioXml, REDIRECTED_TO } from './carrier-scenario.ts';
import { EventSocketClient, type SwitchEvent } from './event-socket-client.ts';
import { startFreeswitch, type FreeswitchProcess } from './freeswitch-process.ts';
import { ownLoopbackAddress } from './loopback-address.ts';
import { sipStatus } from './sip-probe.fixture.ts';
import { startSipp, type SippProcess } from './sipp-process.ts';

/** Takes call records, or refuses them. */
interface RecordTaker {
  readonly server: Server;
  url: string;
  readonly taken: { readonly authorization: string | undefined; readonly record: Record<string, unknown> }[];
  isDown: boolean;
}

async function startRecordTaker(): Promise<RecordTaker> {
  const taken: { authorization: string | undefined; record: Record<string, unknown> }[] = [];
  const taker: RecordTaker = { server: createServer(), url: '', taken, isDown: false };
  taker.server.on('request', (request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (!taker.isDown)
        taken.push({
          authorization: request.headers.authorization,
          record: JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>,
        });
      response.statusCode = taker.isDown ? 503 : 204;
      response.end();
    });
  });
  taker.server.listen(0, '127.0.0.1');
  await once(taker.server, 'listening');
  taker.url = `http://127.0.0.1:${(taker.server.address() as AddressInfo).port}/internal/cdr`;
  return taker;
}

describeWith(['freeswitch', 'sipp'], 'our FreeSWITCH configuration, on a real FreeSWITCH', () => {
  const phones = agentPhoneRange(3);
  let carrier: SippProcess;
  let taker: RecordTaker;
  let freeswitch: FreeswitchProcess;
  let client: EventSocketClient;
  const events: SwitchEvent[] = [];
  const numberFor = (behaviour: CarrierBehaviourName): string => `+120255501${endingFor(behaviour)}`;
  const eventually = (check: () => boolean): Promise<void> =>
    expect.poll(check, { timeout: 20_000 }).toBe(true);
  const invites = (): readonly string[] => carrier.journal().filter((line) => line.startsWith('invited '));
  const eventOf = (id: string, name: string): SwitchEvent | undefined =>
    events.find((event) => event['Unique-ID'] === id && event['Event-Name'] === name);
  const dial = async (behaviour: CarrierBehaviourName, script: string): Promise<string> => {
    const id = randomUUID();
    const target = `sofia/trunk/${numberFor(behaviour)}@${carrier.address}`;
    await client.bgapi(
      `originate {origination_uuid=${id},ignore_early_media=true,ringline_pool=p}${target} ${script}`,
      id,
    );
    return id;
  };

  beforeAll(async () => {
    carrier = await startSipp({
      name: 'carrier',
      scenarioXml: carrierScenarioXml(),
      ip: ownLoopbackAddress(),
      port: 5060,
    });
    taker = await startRecordTaker();
    freeswitch = await startFreeswitch({
      agentPhones: phones,
      callRecords: { url: taker.url, secret: 'of-the-test' },
      gateways: { alive: carrier.address, dead: `${ownLoopbackAddress()}:5060` },
    });
    client = await EventSocketClient.open(freeswitch.eventSocket);
    await client.send(
      'event json CHANNEL_ANSWER CHANNEL_HANGUP_COMPLETE PLAYBACK_START PLAYBACK_STOP BACKGROUND_JOB',
    );
    client.listen((event) => events.push(event));
  });
  afterAll(async () => {
    client.close();
    await freeswitch.stop();
    await carrier.stop();
    taker.server.close();
  });

  test('lets nobody in with the password that FreeSWITCH is published with', async () => {
    const address = { ...freeswitch.eventSocket, password: 'ClueCon' };
    await expect(EventSocketClient.open(address)).rejects.toThrow(/did not take the password/);
  });

  test('loads no module that the configuration does not name', async () => {
    const modules = (await client.api('show modules')).match(/mod_[a-z_]+(?=\.so)/g) ?? [];
    expect([...new Set(modules)].sort()).toEqual([
      ...[
        'mod_commands',
        'mod_dialplan_xml',
        'mod_dptools',
        'mod_event_socket',
        'mod_json_cdr',
        'mod_logfile',
      ],
      ...['mod_sndfile', 'mod_sofia', 'mod_tone_stream'],
    ]);
  });

  test('registers a phone with its own password and with nothing else', async () => {
    const [own, other] = phones;
    const from = `${own!.extension}@${freeswitch.agentDomain}`;
    const register = { to: freeswitch.agentsSip, method: 'REGISTER', from };
    expect(await sipStatus({ ...register, credentials: own! })).toBe(200);
    expect(await sipStatus(register)).toBe(401);
    expect(await sipStatus({ ...register, credentials: { ...own!, password: 'guessed' } })).toBe(403);
    expect(await sipStatus({ ...register, credentials: other! })).toBe(403);
    expect(await sipStatus({ ...register, to: freeswitch.trunkSip, credentials: own! })).toBe(405);
  });

  test("places no call for an agent's phone, whomever it wants to call", async () => {
    const before = invites().length;
    const from = `${phones[0]!.extension}@${freeswitch.agentDomain}`;
    const invite = { to: freeswitch.agentsSip, method: 'INVITE', from };
    for (const uri of [
      `sip:${numberFor('answered')}@${freeswitch.agentDomain}`,
      `sip:${numberFor('answered')}@${carrier.address}`,
      `sip:${phones[1]!.extension}@${freeswitch.agentDomain}`,
    ]) {
      expect(await sipStatus({ ...invite, uri })).toBe(407);
      expect(await sipStatus({ ...invite, uri, credentials: phones[0]! })).toBe(404);
    }
    expect(invites().length).toBe(before);
  });

  test('takes no call, no REFER and no registration from the side of the carrier', async () => {
    const probe = { to: freeswitch.trunkSip, from: `somebody@${freeswitch.trunkSip}` };
    expect(await sipStatus({ ...probe, method: 'INVITE' })).toBe(403);
    expect(await sipStatus({ ...probe, method: 'REFER' })).toBe(405);
    expect(await sipStatus({ ...probe, method: 'SUBSCRIBE' })).toBe(405);
  });

  test("obeys no REFER that an agent's phone sends in its call", async () => {
    const before = invites().length;
    const agents = await startAgentPhones(freeswitch, phones, {
      thenRefersTo: `sip:+12025550100@${carrier.address}`,
    });
    try {
      const id = randomUUID();
      await client.bgapi(`originate {origination_uuid=${id}}user/1002@${freeswitch.agentDomain} &park()`, id);
      await eventually(() => agents.sipp.journal().some((line) => line.startsWith('refer-refused ')));
      await client.api(`uuid_kill ${id}`);
      await eventually(() => eventOf(id, 'CHANNEL_HANGUP_COMPLETE') !== undefined);
    } finally {
      await agents.stop();
    }
    expect(invites().length).toBe(before);
  });

  test('ends a call that the carrier redirects, and places no second one', async () => {
    const before = invites().length;
    const id = await dial('redirected', '&park()');
    await eventually(() => eventOf(id, 'CHANNEL_HANGUP_COMPLETE') !== undefined);
    const end = eventOf(id, 'CHANNEL_HANGUP_COMPLETE');
    expect(end?.['variable_proto_specific_hangup_cause']).toBe('sip:302');
    expect(invites().length).toBe(before + 1);
    expect(invites().join('\n')).not.toContain(REDIRECTED_TO);
  });

  test.each(['nobody-free-en.wav', 'nobody-free-zh.wav'])(
    'plays %s by its bare name to the end',
    async (file) => {
      const id = await dial('answered-without-ringing', `'playback:${file},hangup:NORMAL_CLEARING' inline`);
      await eventually(() => eventOf(id, 'PLAYBACK_STOP') !== undefined);
      expect(eventOf(id, 'PLAYBACK_START')?.['Playback-File-Path']).toMatch(new RegExp(`/sounds/${file}$`));
      expect(eventOf(id, 'PLAYBACK_STOP')?.['Playback-Status']).toBe('done');
      await eventually(() => eventOf(id, 'CHANNEL_HANGUP_COMPLETE') !== undefined);
    },
  );

  test('posts a record of each leg with the secret, and spools it while nobody takes it', async () => {
    const taken = await dial('busy', '&park()');
    await eventually(() => taker.taken.some(({ record }) => uuidOf(record) === taken));
    const { authorization, record } = taker.taken.find((each) => uuidOf(each.record) === taken)!;
    expect(authorization).toBe(`Basic ${Buffer.from('switch:of-the-test').toString('base64')}`);
    expect(record['variables']).toMatchObject({ ringline_pool: 'p', hangup_cause: 'USER_BUSY' });
    taker.isDown = true;
    const spooled = await dial('busy', '&park()');
    await eventually(() => readdirSync(freeswitch.callRecordSpool).includes(`${spooled}.cdr.json`));
    taker.isDown = false;
  });

  test('refuses a call at once while its gateway does not answer pings', async () => {
    const state = async (name: string) => gatewayState(await client.api(`sofia xmlstatus gateway ${name}`));
    await expect.poll(() => state('dead'), { timeout: 20_000 }).toBe('unreachable');
    expect(await state('alive')).toBe('up');
    const target = `/${numberFor('busy')} &park()`;
    expect(await client.api(`originate {originate_timeout=5}sofia/gateway/dead${target}`)).toMatch(
      /NETWORK_OUT_OF_ORDER|GATEWAY_DOWN/,
    );
    expect(await client.api(`originate {originate_timeout=5}sofia/gateway/alive${target}`)).toMatch(
      /USER_BUSY/,
    );
  });

  test('says of a call beyond its session limit that the way is out of order, and sends no INVITE', async () => {
    const before = invites().length;
    const up = await dial('no-answer', '&park()');
    await eventually(() => invites().length === before + 1);
    await client.api('fsctl max_sessions 1');
    const refused = await dial('busy', '&park()');
    const jobOf = (id: string): string | undefined => events.find((event) => event['Job-UUID'] === id)?._body;
    await eventually(() => jobOf(refused) !== undefined);
    await client.api('fsctl max_sessions 6500');
    await client.api(`uuid_kill ${up}`);
    expect(jobOf(refused)).toBe('-ERR DESTINATION_OUT_OF_ORDER\n');
    await eventually(() => eventOf(up, 'CHANNEL_HANGUP_COMPLETE') !== undefined);
    expect(events.some((event) => event['Unique-ID'] === refused)).toBe(false);
    expect(invites().length).toBe(before + 1);
  });

  test("gives up an agent's phone that sends no audio for 15 seconds", async () => {
    const agents = await startAgentPhones(freeswitch, phones, { isMute: true });
    const id = randomUUID();
    await client.bgapi(`originate {origination_uuid=${id}}user/1003@${freeswitch.agentDomain} &park()`, id);
    await eventually(() => eventOf(id, 'CHANNEL_HANGUP_COMPLETE') !== undefined);
    expect(eventOf(id, 'CHANNEL_HANGUP_COMPLETE')?.['Hangup-Cause']).toBe('MEDIA_TIMEOUT');
    await agents.stop();
  });

  test('calls nobody who is no registered user of our domain', async () => {
    for (const address of [
      'user/1555@agents.test',
      'user/+12025550100@agents.test',
      `user/1001@${carrier.address}`,
    ])
      expect(await client.api(`originate {originate_timeout=5}${address} &park()`)).toMatch(
        /SUBSCRIBER_ABSENT|NO_ROUTE/,
      );
  });
});

function uuidOf(record: Record<string, unknown>): unknown {
  return (record['variables'] as Record<string, unknown> | undefined)?.['uuid'];
}
