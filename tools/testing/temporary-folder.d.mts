/** Where it may be, and how many bytes must be free there for it to be in memory. */
interface Places {
  readonly memory?: string;
  readonly disk?: string;
  readonly least?: number;
}
export function temporaryFolder(places?: Places): { readonly folder: string; remove(): void };
