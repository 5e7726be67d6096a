import { describe, expect, it } from '@jest/globals';
import { checkFailpoint, failpoints } from './failpoint.js';

describe('HEDDLE_FAILPOINT', () => {
  it.each(['', ...Object.keys(failpoints).map((name) => `${name}:kill`)])("takes '%s'", (setting) => {
    expect(() => checkFailpoint(setting)).not.toThrow();
  });

  it.each(['nowhere:kill', 'node-after-start', 'node-after-start:wait', 'toString:kill', ':kill', ':'])(
    "refuses '%s', and names what there is",
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
