import { breakpointKey } from '@heddle/core';

/** Whether a request is the engine's own at a breakpoint; any answer ends it. */
export const isBreakpoint = ({ key }: { readonly key: string }): boolean => key === breakpointKey;
