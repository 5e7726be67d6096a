import { expect, it } from '@jest/globals';
import { readSettings } from '../../settings/read-settings.js';
import { queueOf } from './open-queues.js';

const of = (environment: Readonly<Record<string, string>>) => queueOf(readSettings(environment));
const redis = { HEDDLE_REDIS_URL: 'redis://queue:6379' };

it('sends hints over Redis when its address is set, and through the database only when that is requested', () => {
  expect(of({})).toBe('none');
  expect(of(redis)).toBe('redis');
  expect(of({ ...redis, HEDDLE_QUEUE: 'redis' })).toBe('redis');
  expect(of({ HEDDLE_QUEUE: 'postgres' })).toBe('postgres');
  expect(of({ HEDDLE_QUEUE: 'none' })).toBe('none');
});

it('refuses settings that contradict each other, and says what to do', () => {
  const refused = (message: RegExp) =>
    expect.objectContaining({ code: 'setting_invalid', message: expect.stringMatching(message) });
  expect(() => of({ HEDDLE_QUEUE: 'redis' })).toThrow(refused(/set HEDDLE_REDIS_URL too, or remove HEDDLE_QUEUE/));
  for (const queue of ['postgres', 'none'])
    expect(() => of({ ...redis, HEDDLE_QUEUE: queue })).toThrow(refused(/HEDDLE_REDIS_URL is set: remove one of them/));
  expect(() => of({ HEDDLE_QUEUE: 'rabbit' })).toThrow(/HEDDLE_QUEUE/);
});
