import { renameCaller, RunCaller } from '@heddle/core';

/** Parses the column `caller` of `runs`. */
export const parseCaller = (text: string): RunCaller => RunCaller.parse(renameCaller(JSON.parse(text)));
