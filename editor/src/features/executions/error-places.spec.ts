import { describe, expect, it } from '@jest/globals';
import { errorPlace } from './error-places.js';

describe('where a failure is put right', () => {
  it('is the page of what caused it', () => {
    expect(errorPlace({ code: 'budget_exceeded' })?.href).toBe('/spend');
    expect(errorPlace({ code: 'provider_unauthorized', details: { connection: 'office' } })?.href).toBe(
      '/connections/office',
    );
    expect(errorPlace({ code: 'circuit_open', details: { model: 'far/big' } })?.href).toBe('/connections/far');
    expect(errorPlace({ code: 'provider_failed', details: { status: 500 } })?.href).toBe('/connections');
    const excluded = [{ model: 'far/big', reason: 'its budget is used up' }];
    expect(errorPlace({ code: 'route_no_candidate', details: { excluded } })?.href).toBe('/spend');
    expect(errorPlace({ code: 'route_no_candidate' })?.href).toBe('/policies');
    expect(errorPlace({ code: 'grant_missing' })?.href).toBe('/settings/grants');
    expect(errorPlace({ code: 'node_failed' })).toBeUndefined();
  });
});
