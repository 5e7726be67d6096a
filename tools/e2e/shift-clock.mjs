// Loaded into a Heddle process (`node --import`). Its wall clock is ahead by the milliseconds in the file that CLOCK_SHIFT names, which may
// change while the process runs. The steady clock, timers and the times of files stay unchanged.
import { readFileSync } from 'node:fs';

const file = process.env.CLOCK_SHIFT;
const RealDate = Date;

const shift = () => {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return 0;
  }
};

globalThis.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length === 0 ? [RealDate.now() + shift()] : given));
  }
  static now() {
    return RealDate.now() + shift();
  }
};
