import { renameCaller, RunCaller } from '@heddle/core';

/** The caller in the column `caller` of `runs`. */
export const parseCaller = (text: string): RunCaller => RunCaller.parse(renameCaller(JSON.parse(text)));
