import { render, screen } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import { locale } from '../i18n/locale.svelte.ts';
import AbandonmentGauge from './abandonment-gauge.svelte';

const bounds = { rateMax: 0.03, rateTarget: 0.0285 };

test('shows the rate with numerator and denominator, and says where it stands', async () => {
  locale.use('en');
  const { rerender, unmount } = render(AbandonmentGauge, { abandoned: 7, humanAnswers: 333, ...bounds });
  expect(screen.getByText('2.1%')).toBeTruthy();
  expect(screen.getByText('7 abandoned of 333 human answers')).toBeTruthy();
  expect(screen.getByRole('meter').getAttribute('aria-valuetext')).toBe('2.1%, limit 3%: Within the target');
  await rerender({ abandoned: 12, humanAnswers: 333, ...bounds });
  expect(screen.getByText('Above the limit')).toBeTruthy();
  unmount();
});
