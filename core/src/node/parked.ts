/**
 * Thrown by the context to leave a node that must wait for a person, a time or a nested run. No node swallows it (P2): who catches
 * errors to go on hands this one on.
 */
export class Parked extends Error {
  constructor() {
    super('The execution is parked.');
    this.name = 'Parked';
  }
}
