/** What is known of a spec file before it runs. */
interface Spec {
  readonly path: string;
  readonly size: number;
}
export function kindOf(path: string): 'model' | 'browser' | 'process' | 'sweep' | 'long' | 'command' | 'unit';
export function drawSpecs<Given extends Spec>(specs: readonly Given[], seed: number): Given[];
export function orderSpecs<Given extends Spec>(specs: readonly Given[], workers: number): Given[];
