export const failureKey: symbol;
export function onTestFailure(describe: () => Promise<string>): void;
export function describeFailure(error: unknown): Promise<void>;
