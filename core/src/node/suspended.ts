/**
 * Thrown by the context to leave a node that waits for a person, a time or a nested run. A node must not swallow it (rule "Re-entry"):
 * code that catches errors throws it again.
 */
export class Suspended extends Error {
  constructor() {
    super('The execution is suspended.');
    this.name = 'Suspended';
  }
}
