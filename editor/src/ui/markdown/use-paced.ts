import { useEffect, useRef, useState } from 'react';

const longestPauseMs = 1_000;

/**
 * Passes on a constantly changing value at a fixed pace, and at once when it stops changing. Where drawing it is slow, the pace drops, so
 * that most of the time is left for everything else.
 */
export function usePaced<Value>(value: Value, isChanging: boolean, pauseMs: number): Value {
  const [shown, setShown] = useState(value);
  const latest = useRef(value);
  const isPlanned = useRef(false);
  const begun = useRef<number>(undefined);
  const cost = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    latest.current = value;
    if (begun.current !== undefined) {
      cost.current = performance.now() - begun.current;
      begun.current = undefined;
    }
    if (!isChanging || isPlanned.current || Object.is(value, shown)) return;
    isPlanned.current = true;
    timer.current = setTimeout(
      () => {
        isPlanned.current = false;
        begun.current = performance.now();
        setShown(latest.current);
      },
      Math.max(pauseMs, Math.min(longestPauseMs, cost.current * 8)),
    );
  }, [value, shown, isChanging, pauseMs]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      isPlanned.current = false;
    },
    [],
  );
  return isChanging ? shown : value;
}
