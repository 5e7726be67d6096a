/** Where it may be, and how many bytes must be free there for it to be in memory. */
interface Positions {
  readonly memory?: string;
  readonly disk?: string;
  readonly least?: number;
}
export function temporaryFolder(locations?: Positions): { readonly folder: string; remove(): void };
