import { describe, expect, test } from 'vitest';
import { Subscription } from './subscription.ts';
import type { SwitchEvent } from './switch-event.ts';

const event = (headers: Record<string, string>): SwitchEvent => ({
  name: 'X',
  subclass: null,
  headers,
  body: null,
});

function filtered(...filters: string[]): Subscription {
  const subscription = new Subscription();
  for (const filter of filters) subscription.filter(filter);
  return subscription;
}

describe('a subscription', () => {
  test('takes every word after CUSTOM for a subclass', () => {
    const subscription = new Subscription();
    subscription.subscribe(['json', 'CUSTOM', 'a::b', 'CHANNEL_ANSWER']);
    expect(subscription.mayWant('CUSTOM', 'a::b')).toBe(true);
    expect(subscription.mayWant('CUSTOM', 'c::d')).toBe(false);
    expect(subscription.mayWant('CHANNEL_ANSWER', null)).toBe(false);
  });

  test('adds up, and ALL minus one is all others', () => {
    const subscription = new Subscription();
    subscription.subscribe(['json', 'HEARTBEAT']);
    subscription.subscribe(['ALL']);
    subscription.unsubscribe(['API']);
    expect(subscription.format).toBe('json');
    expect(subscription.mayWant('HEARTBEAT', null)).toBe(true);
    expect(subscription.mayWant('CHANNEL_PARK', null)).toBe(true);
    expect(subscription.mayWant('API', null)).toBe(false);
  });
});

describe('filters', () => {
  test('let pass what any of them matches, whatever the case of name and value', () => {
    const subscription = filtered('variable_pool P1', 'Event-Name HEARTBEAT');
    expect(subscription.passes(event({ variable_pool: 'p1' }))).toBe(true);
    expect(subscription.passes(event({ 'event-name': 'heartbeat' }))).toBe(true);
    expect(subscription.passes(event({ variable_pool: 'p2' }))).toBe(false);
    expect(subscription.passes(event({}))).toBe(false);
  });

  test('know regular expressions and stops', () => {
    expect(filtered('Job-UUID /^p1\\.3\\./').passes(event({ 'Job-UUID': 'p1.3.x' }))).toBe(true);
    expect(filtered('Job-UUID /^p1\\.3\\./').passes(event({ 'Job-UUID': 'p1.4.x' }))).toBe(false);
    const stopping = filtered('pool p1', 'state -DOWN');
    expect(stopping.passes(event({ pool: 'p1', state: 'UP' }))).toBe(true);
    expect(stopping.passes(event({ pool: 'p1', state: 'DOWN' }))).toBe(false);
  });

  test('go away one by one or together', () => {
    const subscription = filtered('a 1', 'a 2');
    subscription.filter('delete a 1');
    expect(subscription.passes(event({ a: '1' }))).toBe(false);
    expect(subscription.passes(event({ a: '2' }))).toBe(true);
    subscription.filter('delete all');
    expect(subscription.passes(event({}))).toBe(true);
  });
});
