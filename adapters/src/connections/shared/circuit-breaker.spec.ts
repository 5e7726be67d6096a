import { describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@heddle/core/testing';
import { createCircuitBreaker } from './circuit-breaker.js';

describe('createCircuitBreaker', () => {
  const make = () => {
    const clock = createFakeClock(0);
    return { clock, circuit: createCircuitBreaker({ connection: 'c', clock, failures: 2, restMs: 1000 }) };
  };
  const code = (work: () => unknown): unknown => {
    try {
      work();
      return undefined;
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  it('opens after failures in a row, and not when a success comes between', () => {
    const { circuit } = make();
    circuit.enter().fail();
    circuit.enter().succeed();
    circuit.enter().fail();
    expect(circuit.state).toBe('closed');
    circuit.enter().fail();
    expect(circuit.state).toBe('open');
    expect(code(() => circuit.enter())).toBe('circuit_open');
  });

  it('allows one trial after its rest, and closes when the trial succeeds', () => {
    const { clock, circuit } = make();
    circuit.enter().fail();
    circuit.enter().fail();
    clock.jump(1000);
    expect(circuit.state).toBe('half-open');
    const trial = circuit.enter();
    expect(code(() => circuit.enter())).toBe('circuit_open');
    trial.succeed();
    expect(circuit.state).toBe('closed');
  });

  it('rests twice as long after a failed trial, and no longer after an aborted one', () => {
    const { clock, circuit } = make();
    circuit.enter().fail();
    circuit.enter().fail();
    clock.jump(1000);
    circuit.enter().fail();
    expect(circuit.retryAt).toBe(3000);
    clock.jump(3000);
    circuit.enter().leave();
    expect(circuit.state).toBe('half-open');
    expect(code(() => circuit.enter())).toBeUndefined();
  });

  it('counts a call once, whatever is reported about it later', () => {
    const { circuit } = make();
    const pass = circuit.enter();
    pass.fail();
    pass.fail();
    pass.leave();
    expect(circuit.state).toBe('closed');
  });
});
