// Numbers as people read them.

/** Three significant digits, as many as such a measurement can carry. */
export function digits(value: number): string {
  return Math.abs(value) >= 1000 ? thousands(value) : String(Number(value.toPrecision(3)));
}

export function thousands(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
