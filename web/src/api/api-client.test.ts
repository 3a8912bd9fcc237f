import { afterEach, expect, test, vi } from 'vitest';
import { locale } from '../i18n/locale.svelte.ts';
import { ApiClient, ApiError, errorFromAnswer, LONG_WORK_MS, withQuery } from './api-client.ts';
import { describeApiError } from './describe-api-error.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test('leaves out of the address what is not asked for', () => {
  expect(withQuery('/api/leads', { q: '', listId: null, after: undefined })).toBe('/api/leads');
  expect(withQuery('/api/leads', { q: '+1 305 & co', limit: 5 })).toBe(
    '/api/leads?q=%2B1+305+%26+co&limit=5',
  );
});

test('an error says what the server says, with its field', () => {
  const error = errorFromAnswer(422, {
    error: { code: 'wrong-input', message: 'No such pool.', field: 'poolId' },
  });
  expect(error).toMatchObject({
    status: 422,
    code: 'wrong-input',
    field: 'poolId',
    message: 'No such pool.',
  });
});

test('an answer that is not ours gets a sentence of ours', () => {
  locale.use('en');
  expect(describeApiError(errorFromAnswer(502, null))).toContain('502');
  expect(describeApiError(errorFromAnswer(429, '<html>'))).toContain('Too many requests');
  expect(describeApiError(new ApiError({ status: 0, code: 'unreachable', message: '' }))).toContain(
    'network',
  );
  expect(describeApiError(new TypeError('x is undefined'))).not.toContain('undefined');
});

test('in Chinese the server’s general sentences are Chinese, and special ones are shown as they come', () => {
  locale.use('zh-CN');
  const says = (code: string): string =>
    describeApiError(errorFromAnswer(409, { error: { code, message: 'In English.' } }));
  expect(says('name-taken')).toContain('名称');
  expect(says('cannot-start')).toBe('In English.');
  locale.use('en');
  expect(says('name-taken')).toBe('In English.');
});

test('no answer at all is "unreachable", and an empty one is no error', async () => {
  const api = new ApiClient();
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
  await expect(api.get('/api/lists')).rejects.toMatchObject({ code: 'unreachable', status: 0 });
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(null, { status: 204 })));
  expect(await api.send('DELETE', '/api/session')).toBeNull();
});

test('who may take longer for an answer is waited for longer', async () => {
  const waited: number[] = [];
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    waited.push(ms);
    return new AbortController().signal;
  });
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(null, { status: 204 })));
  const api = new ApiClient();
  await api.send('POST', '/api/lists', {});
  await api.send('POST', '/api/users/import', {}, { answerWithinMs: LONG_WORK_MS });
  expect(waited).toEqual([20_000, LONG_WORK_MS]);
});
