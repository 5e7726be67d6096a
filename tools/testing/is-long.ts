/** Whether the tests run at their full size (`npm run test:long`). `npm test` takes a sample where a full size lasts minutes. */
export const isLong = process.env['HEDDLE_TEST_LONG'] === '1';
