import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiError } from '../api/api-client.ts';
import { deskView, NOW, openTestDesk, talkingCall, type TestDesk } from './desk.fixture.ts';

let test1: TestDesk;

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  test1 = openTestDesk();
});
afterEach(() => {
  test1.desk.feed.stop();
  test1.desk.saver.close();
  vi.useRealTimers();
});
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

test('a call stays in hand after its end until its outcome is stored', () => {
  const { desk, push } = test1;
  push(deskView());
  expect(desk.isCallUp).toBe(true);
  push(deskView({ call: { ...talkingCall, endedAt: NOW as never } }, { state: 'wrapping-up' }));
  expect(desk.call?.callId).toBe('call-1');
  expect(desk.isCallUp).toBe(false);
  push(
    deskView(
      { call: { ...talkingCall, endedAt: NOW as never, needsDisposition: false } },
      { state: 'ready' },
    ),
  );
  expect(desk.call).toBeNull();
});

test('stores what was chosen and typed, and forgets the draft only after the server has said yes', async () => {
  const { desk, push, stored } = test1;
  push(deskView());
  desk.choose('sale');
  desk.change({ notes: 'signed for two panels' });
  expect(desk.save('ready')).toBe(true);
  expect(stored[0]).toMatchObject({ code: 'sale', notes: 'signed for two panels', next: 'ready' });
  expect(stored[0]).not.toHaveProperty('callbackAt');
  await settle();
  expect(desk.isDisposed).toBe(true);
  expect(desk.draft?.isEmpty).toBe(true);
});

test('stores nothing without an outcome, nor a callback without a time that lies ahead', () => {
  const { desk, push, stored } = test1;
  push(deskView());
  expect(desk.gap).toBe('code');
  expect(desk.save('ready')).toBe(false);
  desk.choose('callback');
  expect(desk.gap).toBe('callback-time');
  desk.change({ callbackLocal: '2026-12-03T09:59' });
  expect(desk.gap).toBe('callback-past');
  expect(desk.save('ready')).toBe(false);
  expect(stored).toEqual([]);
});

test('a callback is the moment in the zone in which the customer is', () => {
  const { desk, push, stored } = test1;
  push(deskView());
  desk.choose('callback');
  desk.change({ callbackLocal: '2026-12-04T10:00' });
  expect(desk.callbackZone).toBe('America/New_York');
  desk.change({ callbackZone: 'America/Chicago' });
  desk.save('ready');
  expect(stored[0]).toMatchObject({ callbackAt: Date.parse('2026-12-04T16:00Z') });
});

test('an outcome that could not be stored is kept and goes again with the same id', async () => {
  const { desk, push, stored } = test1;
  push(deskView());
  desk.choose('sale');
  desk.change({ notes: 'typed once' });
  test1.failStoring = new ApiError({ status: 0, code: 'unreachable', message: '' });
  desk.save('ready');
  await settle();
  expect(desk.saver.state.kind).toBe('waiting');
  expect(desk.isDisposed).toBe(false);
  expect(desk.draft?.fields.notes).toBe('typed once');
  test1.failStoring = null;
  await vi.advanceTimersByTimeAsync(3000);
  expect(stored).toHaveLength(2);
  expect(stored[1]?.commandId).toBe(stored[0]?.commandId);
  expect(desk.isDisposed).toBe(true);
});

test('what is changed while it waits goes with an id of its own', async () => {
  const { desk, push, stored } = test1;
  push(deskView());
  desk.choose('sale');
  test1.failStoring = new ApiError({ status: 503, code: 'stored-only', message: '' });
  desk.save('ready');
  await settle();
  desk.change({ notes: 'one thing more' });
  expect(desk.saver.state.kind).toBe('idle');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(stored).toHaveLength(1);
  test1.failStoring = null;
  desk.save('ready');
  expect(stored[1]?.commandId).not.toBe(stored[0]?.commandId);
});

test('an outcome without an answer goes again after a reload, as it was and under the same id', async () => {
  const { desk, push, stored } = test1;
  push(deskView());
  desk.choose('callback');
  desk.change({ callbackLocal: '2026-12-04T10:00', callbackIsMine: true, notes: 'typed once' });
  test1.failStoring = new ApiError({ status: 0, code: 'unreachable', message: '' });
  desk.save('pause');
  await settle();
  desk.feed.stop();
  desk.saver.close();
  test1 = openTestDesk();
  test1.push(deskView());
  await settle();
  expect(test1.stored).toEqual([stored[0]]);
  expect(test1.stored[0]).toMatchObject({ code: 'callback', callbackIsMine: true, notes: 'typed once' });
  expect(test1.desk.next).toBe('pause');
  expect(test1.desk.isDisposed).toBe(true);
});

test('what had an answer before the reload, or was changed after the sending, is not sent again', async () => {
  const { desk, push } = test1;
  push(deskView());
  desk.choose('sale');
  test1.failStoring = new ApiError({ status: 0, code: 'unreachable', message: '' });
  desk.save('ready');
  await settle();
  desk.change({ notes: 'one thing more' });
  desk.feed.stop();
  test1 = openTestDesk();
  test1.push(deskView());
  await settle();
  expect(test1.stored).toEqual([]);
  expect(test1.desk.draft?.fields).toMatchObject({ code: 'sale', notes: 'one thing more' });
});

test('the form shows what is known, keeps what is typed, and is asked for before a success alone', async () => {
  const form = [
    { key: 'plan', label: 'Plan', type: 'text', options: [], isRequired: true, writesTo: null },
    { key: 'age', label: 'Age', type: 'number', options: [], isRequired: false, writesTo: 'Age' },
  ] as const;
  const plain = deskView();
  const sale = plain.dispositions.map((one) => (one.code === 'sale' ? { ...one, isSale: true } : one));
  const lead = { ...plain.lead, form, known: { age: '40' } } as unknown as typeof plain.lead;
  const view = deskView({ lead, dispositions: sale });
  test1.push(view);
  test1.desk.choose('rude');
  expect(test1.desk.gap).toBeNull();
  test1.desk.choose('sale');
  expect(test1.desk.formProblem).toEqual({ kind: 'missing', key: 'plan' });
  expect(test1.desk.save('ready')).toBe(false);
  test1.desk.answer('plan', 'gold');
  test1.desk.answer('age', 'old');
  expect(test1.desk.formProblem).toEqual({ kind: 'misfit', key: 'age' });
  test1.desk.answer('age', '41');
  expect(test1.desk.answers).toEqual({ plan: 'gold', age: '41' });
  test1.desk.feed.stop();
  test1 = openTestDesk();
  test1.push(view);
  expect(test1.desk.answers).toEqual({ plan: 'gold', age: '41' });
  test1.desk.save('ready');
  expect(test1.stored).toMatchObject([{ code: 'sale', answers: { plan: 'gold', age: '41' } }]);
  await settle();
});

test('a refused outcome says why and stays on the screen', async () => {
  const { desk, push } = test1;
  push(deskView());
  desk.choose('sale');
  test1.failStoring = new ApiError({
    status: 422,
    code: 'unknown-code',
    message: 'There is no such disposition.',
  });
  desk.save('pause');
  await settle();
  expect(desk.saver.state).toEqual({ kind: 'refused', message: 'There is no such disposition.' });
  expect(desk.draft?.fields.code).toBe('sale');
});

test('a call cannot be hung up by a key in its first two seconds', () => {
  const { desk, push, server } = test1;
  push(deskView({ call: { ...talkingCall, connectedAt: NOW as never } }));
  expect(desk.mayHangUpByKey).toBe(false);
  server.time += 2000;
  expect(desk.mayHangUpByKey).toBe(true);
});

test('counts the wrap-up down by the server’s clock', () => {
  const { desk, push, server } = test1;
  push(deskView({}, { state: 'wrapping-up', wrapUntil: (NOW + 30_000) as never }));
  expect(desk.wrapLeftMs).toBe(30_000);
  server.time += 29_500;
  expect(desk.wrapLeftMs).toBe(500);
  server.time += 60_000;
  expect(desk.wrapLeftMs).toBe(0);
});

test('a second screen shows nothing until it takes over, and the first is told', () => {
  const { desk, server } = test1;
  server.last.says({ type: 'occupied', since: NOW, message: 'Elsewhere.' });
  expect(desk.feed.otherScreen).toMatchObject({ kind: 'occupied', since: NOW });
  expect(desk.feed.isCurrent).toBe(false);
  desk.feed.takeOver();
  expect(server.last.sent).toEqual([{ type: 'take-over' }]);
  test1.push(deskView());
  expect(desk.feed.otherScreen).toBeNull();
  expect(desk.feed.isCurrent).toBe(true);
  server.last.ends(4002, 'You went on in another window.');
  expect(desk.feed.otherScreen).toMatchObject({ kind: 'taken-over' });
  desk.feed.takeOver();
  expect(server.sockets).toHaveLength(2);
  server.last.opens();
  server.last.says({ type: 'occupied', since: NOW, message: 'Elsewhere.' });
  expect(server.last.sent).toEqual([{ type: 'take-over' }]);
  expect(desk.feed.otherScreen).toBeNull();
});

test('what is shown is not current while the server or the pool is away', () => {
  const { desk, push, server } = test1;
  push(deskView());
  expect(desk.feed.isCurrent).toBe(true);
  server.last.says({ type: 'unavailable', message: 'Nobody runs your pool.' });
  expect(desk.feed.isCurrent).toBe(false);
  push(deskView());
  server.last.ends();
  expect(desk.feed.isCurrent).toBe(false);
  expect(desk.call?.callId).toBe('call-1');
});

test('hands on what supervisors wrote, as it comes', () => {
  const { server, messages } = test1;
  const written = [{ messageId: 'm1', text: 'Well done.' }];
  server.last.says({ type: 'messages', messages: written });
  expect(messages).toEqual([written]);
});

test('a note on a person waits while he is looked up again, and is stored when he leaves the screen', async () => {
  const { desk, push, notes } = test1;
  push(deskView());
  desk.notes.write('asked for Ana');
  push(deskView({ lead: null }));
  await settle();
  expect(notes).toEqual([]);
  push(deskView({ lead: null, call: null }));
  await settle();
  expect(notes).toEqual([{ leadId: 'l1', text: 'asked for Ana' }]);
});
