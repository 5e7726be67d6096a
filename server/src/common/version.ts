/** Version of this Heddle. */
export const version = '0.1.0';
