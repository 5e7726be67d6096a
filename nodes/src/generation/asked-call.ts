/** A call that a model asked for. */
export interface AskedCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}
