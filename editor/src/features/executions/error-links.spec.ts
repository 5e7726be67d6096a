import { describe, expect, it } from '@jest/globals';
import { errorLink } from './error-links.js';

describe('the link of a failure', () => {
  it('leads to the page of its cause', () => {
    expect(errorLink({ code: 'budget_exceeded' })?.href).toBe('/spend');
    expect(errorLink({ code: 'provider_unauthorized', details: { connection: 'office' } })?.href).toBe(
      '/connections/office',
    );
    expect(errorLink({ code: 'circuit_open', details: { model: 'far/big' } })?.href).toBe('/connections/far');
    expect(errorLink({ code: 'provider_failed', details: { status: 500 } })?.href).toBe('/connections');
    const excluded = [{ model: 'far/big', reason: 'its budget is used up' }];
    expect(errorLink({ code: 'route_no_candidate', details: { excluded } })?.href).toBe('/spend');
    expect(errorLink({ code: 'route_no_candidate' })?.href).toBe('/policies');
    expect(errorLink({ code: 'grant_missing' })?.href).toBe('/settings/grants');
    expect(errorLink({ code: 'node_failed' })).toBeUndefined();
  });
});
