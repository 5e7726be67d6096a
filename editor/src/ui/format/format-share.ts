/** A share as whole percent. @example formatShare(0.42) // '42 %' */
export const formatShare = (share: number): string => `${Math.round(share * 100)} %`;
