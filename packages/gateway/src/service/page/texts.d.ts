// Files of pages, imported as text so that a compiled gateway carries them. The longer pattern wins over the host's
// own one for `*.html`, which stands for bundles.
declare module "./page/*.html" {
  const text: string;
  export default text;
}
declare module "./page/*.css" {
  const text: string;
  export default text;
}
declare module "./page/*.js" {
  const text: string;
  export default text;
}
declare module "../page/*.css" {
  const text: string;
  export default text;
}
declare module "../page/*.svg" {
  const text: string;
  export default text;
}
