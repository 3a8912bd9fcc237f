import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../kernel/random.ts';
import { AbandonmentController, headroomOf, type AbandonmentLimits } from './abandonment-controller.ts';

const LIMITS: AbandonmentLimits = { rateMax: 0.03, rateTarget: 0.0285 };
const counts = (humanAnswers: number, abandoned: number) => ({ humanAnswers, abandoned });

describe('theta', () => {
  test('starts at the limit itself', () => {
    expect(new AbandonmentController().theta(counts(0, 0), LIMITS)).toBeCloseTo(0.03, 6);
  });

  test('falls with each abandoned call and rises with each that was served', () => {
    const controller = new AbandonmentController();
    const now = controller.theta(counts(200, 5), LIMITS);
    expect(controller.theta(counts(200, 6), LIMITS)).toBeLessThan(now);
    expect(controller.theta(counts(240, 5), LIMITS)).toBeGreaterThan(now);
  });

  test('stays between 0.2 % and 90 %, whatever happened', () => {
    const controller = new AbandonmentController();
    expect(controller.theta(counts(100_000, 0), LIMITS)).toBeLessThanOrEqual(0.9);
    expect(controller.theta(counts(0, 100_000), LIMITS)).toBeGreaterThanOrEqual(0.002);
  });

  test.each([0.7, 1, 1.4])(
    'steers the long-run rate to the target though the model is wrong by a factor of %d',
    (bias) => {
      const controller = new AbandonmentController();
      const random = seededRandom(11);
      let [answered, abandoned] = [0, 0];
      for (let answer = 0; answer < 8000; answer += 1) {
        const theta = controller.theta(counts(answered, abandoned), LIMITS);
        answered += 1;
        if (random.next() < Math.min(1, bias * theta)) abandoned += 1;
        controller.learn(counts(answered, abandoned), LIMITS);
      }
      expect(abandoned / answered).toBeGreaterThan(0.024);
      expect(abandoned / answered).toBeLessThan(0.0315);
    },
  );
});

describe('the room under the limit', () => {
  test('is limit × answers + 2 less the abandoned', () => {
    expect(headroomOf(counts(0, 0), LIMITS)).toBe(2);
    expect(headroomOf(counts(100, 0), LIMITS)).toBeCloseTo(5, 9);
    expect(headroomOf(counts(100, 5), LIMITS)).toBeCloseTo(0, 9);
    expect(headroomOf(counts(100, 9), LIMITS)).toBeLessThan(0);
  });

  test('is none where nothing may be abandoned', () => {
    expect(headroomOf(counts(1000, 0), { rateMax: 0, rateTarget: 0 })).toBe(0);
  });
});
