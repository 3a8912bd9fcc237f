import { isAnswered, isUp, type Channel } from './channel.ts';
import { localStamp, TICK_MS, type SwitchCore } from './core.ts';
import { causeNumber, causeOfRefusal, q850Of, sipPhrase } from './hangup-cause.ts';

/** Who ended a leg, and how it looked on the wire. */
export type LegEnd =
  | { readonly by: 'switch'; readonly cause: string }
  | { readonly by: 'far-end' }
  | { readonly by: 'refusal'; readonly status: number; readonly q850?: number };

/** A redirect is no answer and nobody follows it (redirects are fatal in our configuration): FreeSWITCH gives the leg up. */
const isRedirect = (end: LegEnd): boolean => end.by === 'refusal' && end.status < 400;

function causeOf(end: LegEnd): string {
  if (isRedirect(end)) return 'REQUESTED_CHAN_UNAVAIL';
  if (end.by === 'switch') return end.cause;
  return end.by === 'far-end' ? 'NORMAL_CLEARING' : causeOfRefusal(end);
}

function setSipTermination(channel: Channel, status: number, cause: string): void {
  const { variables } = channel;
  variables.set('sip_term_status', String(status));
  variables.set('proto_specific_hangup_cause', `sip:${status}`);
  variables.set('sip_term_cause', String(causeNumber(cause)));
}

/** What our BYE or CANCEL leaves behind; it is known only when the leg is reported. */
function setOwnTermination(channel: Channel): void {
  const { variables } = channel;
  if (isAnswered(channel)) {
    variables.set('sip_hangup_disposition', 'send_bye');
  } else {
    variables.set('sip_hangup_disposition', 'send_cancel');
    variables.set('sip_invite_failure_status', '487');
    variables.set('sip_invite_failure_phrase', sipPhrase(487));
  }
}

/** Ends a leg for whatever reason; nothing happens when it has ended already. */
export function endLeg(core: SwitchCore, channel: Channel, why: LegEnd): void {
  if (!isUp(channel)) return;
  const cause = causeOf(why);
  const end: LegEnd = isRedirect(why) ? { by: 'switch', cause } : why;
  const wasAnswered = isAnswered(channel);
  channel.hangupCause = cause;
  channel.answerState = 'hangup';
  for (const timer of channel.timers) timer.cancel();
  channel.timers.clear();
  const { variables } = channel;
  if (end.by === 'far-end') setSipTermination(channel, 200, cause);
  if (end.by === 'refusal') {
    variables.set('sip_invite_failure_status', String(end.status));
    variables.set('sip_invite_failure_phrase', sipPhrase(end.status));
    setSipTermination(channel, end.status, cause);
    variables.set('sip_hangup_disposition', 'recv_refuse');
  }
  if (why.by === 'refusal' && isRedirect(why)) {
    variables.set('proto_specific_hangup_cause', `sip:${why.status}`);
    variables.set('sip_hangup_disposition', 'recv_refuse');
  }
  core.emitOf(channel, 'CHANNEL_HANGUP');
  if (end.by === 'far-end') variables.set('sip_hangup_disposition', 'recv_bye');
  if (end.by === 'switch' && wasAnswered) channel.far.bye();
  else if (end.by === 'switch') channel.far.cancel();
  // A bridged leg is noticed by its partner's next frame, any other in the middle of a tick.
  const waitMs = channel.bridgedTo === null ? core.untilTickMs() : TICK_MS;
  core.time.after(waitMs, () => finish(core, channel, end));
}

function finish(core: SwitchCore, channel: Channel, end: LegEnd): void {
  channel.activity?.leave();
  channel.activity = null;
  channel.times.hangup = core.time.nowMicros();
  channel.state = 'CS_HANGUP';
  core.emitOf(channel, 'CHANNEL_STATE');
  const before = channel.callState;
  channel.callState = 'HANGUP';
  core.emitOf(channel, 'CHANNEL_CALLSTATE', {
    'Original-Channel-Call-State': before,
    'Channel-Call-State-Number': '10',
  });
  channel.state = 'CS_REPORTING';
  core.emitOf(channel, 'CHANNEL_STATE');
  if (end.by === 'switch') setOwnTermination(channel);
  setReport(core, channel);
  core.emitOf(channel, 'CHANNEL_HANGUP_COMPLETE');
  channel.originated?.(`-ERR ${channel.hangupCause ?? 'NONE'}\n`);
  channel.originated = null;
  core.emitOf(channel, 'CHANNEL_DESTROY');
  channel.state = 'CS_DESTROY';
  core.emitOf(channel, 'CHANNEL_STATE');
  core.channels.delete(channel.uuid);
}

/** The times and sums of a leg that FreeSWITCH adds for the CDR. */
function setReport(core: SwitchCore, channel: Channel): void {
  const { times, variables } = channel;
  const cause = channel.hangupCause ?? 'NONE';
  variables.set('hangup_cause', cause);
  variables.set('hangup_cause_q850', String(q850Of(cause)));
  variables.set('digits_dialed', 'none');
  const stamps = {
    start: times.created,
    profile_start: times.profileCreated,
    answer: times.answered,
    bridge: times.bridged,
    progress: times.progress,
    progress_media: times.progressMedia,
    end: times.hangup,
  };
  for (const [name, micros] of Object.entries(stamps)) {
    if (micros > 0) variables.set(`${name}_stamp`, localStamp(micros));
  }
  for (const [name, micros] of Object.entries(stamps)) {
    variables.set(`${name}_epoch`, String(Math.floor(micros / 1_000_000)));
    variables.set(`${name}_uepoch`, String(micros));
  }
  variables.set('caller_id', `"Outbound Call" <${channel.destination}>`);
  const since = (micros: number): number => (micros > 0 ? times.hangup - micros : 0);
  const until = (micros: number): number => (micros > 0 ? micros - times.created : 0);
  const sums = { '': since(times.created), bill: since(times.answered), answer: until(times.answered) };
  for (const [name, micros] of Object.entries(sums)) {
    const seconds = name === '' ? 'duration' : `${name}sec`;
    variables.set(seconds, String(Math.floor(micros / 1_000_000)));
    variables.set(name === '' ? 'mduration' : `${name}msec`, String(Math.floor(micros / 1000)));
    variables.set(name === '' ? 'uduration' : `${name}usec`, String(micros));
  }
}
