/** Thrown by the context to leave a node that must wait for a person, a time or a nested run. No node catches it (P2). */
export class Parked extends Error {
  constructor() {
    super('The execution is parked.');
    this.name = 'Parked';
  }
}
