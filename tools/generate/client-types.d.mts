export const clientTypesFile: string;
export function clientTypes(document: unknown): Promise<string>;
