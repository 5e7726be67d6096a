import { describe, expect, it } from '@jest/globals';
import { clusterFaultKinds, parseClusterFaults, planClusterFaults, usualClusterFaults } from './cluster-faults.js';

describe('the faults of a cluster', () => {
  it('are read from names with counts', () => {
    expect(parseClusterFaults('kill-worker=30,upgrade,upgrade=1')).toEqual({ 'kill-worker': 30, upgrade: 4 });
    const all = parseClusterFaults('all=2');
    expect(Object.keys(all ?? {})).toEqual(Object.keys(clusterFaultKinds));
    expect(new Set(Object.values(all ?? {}))).toEqual(new Set([2]));
    for (const wrong of ['', 'kill', 'stop=', 'stop=-1', 'stop=1=2', 'all=x', 'toString'])
      expect(parseClusterFaults(wrong)).toBeUndefined();
  });

  it('come in an order that follows from the seed', () => {
    const plan = planClusterFaults(usualClusterFaults, 7);
    expect(plan).toEqual(planClusterFaults(usualClusterFaults, 7));
    expect(plan).not.toEqual(planClusterFaults(usualClusterFaults, 8));
    expect(plan).toHaveLength(31);
    expect(new Set(plan)).toEqual(new Set(Object.keys(clusterFaultKinds)));
  });
});
