import { describe, expect, it } from '@jest/globals';
import { createAddressCheck } from './served-addresses.js';

const others = [
  '/',
  '/api',
  '/api/health/',
  '/api/health/live/x',
  '/api/healthy',
  '/API/health',
  '/metrics/x',
  '/socket.io',
];

describe('the addresses that a process serves', () => {
  it.each(['/api/health', '/api/health/live', '/api/health/ready?x=1', '/metrics'])(
    'include %s in each role',
    (url) => {
      for (const role of ['all', 'api', 'worker'] as const)
        expect(() => createAddressCheck({ role })(url)).not.toThrow();
    },
  );

  it.each(others)('exclude %s when the process is a worker', (url) => {
    expect(() => createAddressCheck({ role: 'all' })(url)).not.toThrow();
    expect(() => createAddressCheck({ role: 'worker' })(url)).toThrow(
      expect.objectContaining({ code: 'not_served_here', status: 421 }),
    );
  });
});
