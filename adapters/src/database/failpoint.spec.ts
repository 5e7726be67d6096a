import { describe, expect, it } from '@jest/globals';
import { checkFailpoint, failpoints } from './failpoint.js';

describe('HEDDLE_FAILPOINT', () => {
  it.each(['', ...Object.keys(failpoints).map((name) => `${name}:kill`)])("accepts '%s'", (setting) => {
    expect(() => checkFailpoint(setting)).not.toThrow();
  });

  it.each(['nowhere:kill', 'node-after-start', 'node-after-start:wait', 'toString:kill', ':kill', ':'])(
    "refuses '%s', and lists the failpoints",
    (setting) => {
      expect(() => checkFailpoint(setting)).toThrow(
        expect.objectContaining({
          code: 'setting_invalid',
          message: expect.stringContaining(Object.keys(failpoints).join(', ')),
        }),
      );
    },
  );
});
