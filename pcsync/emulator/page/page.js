"use strict";
// A read-only look at the catalog. Everything it shows comes from the service's own routes; all text goes in as text.

const VERSION = "api-version=2026-04-15";
const status = document.getElementById("status");
const list = document.getElementById("collections");
let map = null;

function say(text, wrong = false) {
  status.textContent = text;
  status.classList.toggle("wrong", wrong);
}

async function read(path) {
  const reply = await fetch(`${path}?${VERSION}`);
  if (!reply.ok) throw new Error(`${path} answered ${reply.status}`);
  return reply.json();
}

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

// `a=b&c=d` as people write it, with raw spaces and bars, as a query that a URL may hold
function encoded(options) {
  return (options || "").split("&").filter(Boolean).map((pair) => {
    const [key, ...value] = pair.split("=");
    let text = value.join("=");
    try { text = decodeURIComponent(text.replace(/\+/g, " ")); } catch { /* a lone % is meant as one */ }
    return `${encodeURIComponent(key)}=${encodeURIComponent(text)}`;
  }).join("&");
}

function extent(collection) {
  const box = collection.extent.spatial.bbox[0];
  const half = box.length / 2;
  return [box[0], Math.max(-85, box[1]), box[half], Math.min(85, box[half + 1])];
}

function outline([west, south, east, north]) {
  const ring = [[west, south], [east, south], [east, north], [west, north], [west, south]];
  return { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [ring] } };
}

// Where tiles are worth asking for: outside the extent the service answers 404. A box across the antimeridian is the whole world.
function bounds([west, south, east, north]) {
  return west <= east ? [west, south, east, north] : [-180, south, 180, north];
}

function style(collection, option, least) {
  const id = encodeURIComponent(collection.id);
  const box = extent(collection);
  const tiles = `${location.origin}/data/mosaic/collections/${id}/tiles/WebMercatorQuad/{z}/{x}/{y}@1x.png?${VERSION}&${encoded(option.options)}`;
  return {
    version: 8,
    sources: {
      tiles: { type: "raster", tiles: [tiles], tileSize: 256, minzoom: least, maxzoom: 24, bounds: bounds(box) },
      extent: { type: "geojson", data: outline(box) },
    },
    layers: [
      { id: "background", type: "background", paint: { "background-color": "#dde4ea" } },
      { id: "tiles", type: "raster", source: "tiles" },
      { id: "extent", type: "line", source: "extent", paint: { "line-color": "#2a7", "line-width": 2 } },
    ],
  };
}

function camera(collection, settings) {
  const place = settings && settings.defaultLocation;
  if (place) return { center: [place.coordinates[1], place.coordinates[0]], zoom: place.zoom };
  const [west, south, east, north] = extent(collection);
  return { bounds: [[west, south], [east, north]], fitBoundsOptions: { padding: 30 } };
}

function show(collection, settings, option, button) {
  for (const other of document.querySelectorAll("button[aria-pressed]")) other.setAttribute("aria-pressed", "false");
  button.setAttribute("aria-pressed", "true");
  if (map) map.remove();
  const least = Math.max(option.minZoom || 0, (settings && settings.minZoom) || 0);
  const chosen = `${collection.title || collection.id}: ${option.name}`;
  let failed = "";
  map = new maplibregl.Map({ container: "map", style: style(collection, option, least), attributionControl: false, ...camera(collection, settings) });
  map.addControl(new maplibregl.NavigationControl());
  const tell = () => {
    if (failed) say(failed, true);
    else if (map.getZoom() < least) say(`${chosen}. Zoom in: tiles begin at zoom ${least}.`);
    else say(chosen);
  };
  map.on("error", (event) => {
    const code = event.error && event.error.status;
    if (code === 404) return; // no item there
    failed = code === 501 ? "Tiles need the tiles extra: pip install 'pcsync[emulator,tiles]'" : `${chosen}: a tile could not be drawn (${code || "no answer"}).`;
    tell();
  });
  map.on("moveend", tell);
  map.on("idle", () => { tell(); document.body.dataset.drawn = option.id; });
  tell();
}

async function card(collection) {
  const item = element("li");
  item.append(element("h2", collection.title || collection.id), element("div", collection.id, "id"));
  if (collection.description) item.append(element("p", collection.description.slice(0, 200)));
  const { tileSettings, mosaicInfo } = await read(`/stac/collections/${encodeURIComponent(collection.id)}/configurations`);
  const options = mosaicInfo.renderOptions;
  if (!options.length) item.append(element("p", "No render options.", "note"));
  for (const option of options) {
    const button = element("button", option.name);
    button.title = option.description || option.options || option.id;
    button.type = "button";
    button.setAttribute("aria-pressed", "false");
    button.disabled = !!option.type && option.type !== "raster-tile";
    button.addEventListener("click", () => show(collection, tileSettings, option, button));
    item.append(button);
  }
  if (mosaicInfo.mosaics.length) item.append(element("p", `Mosaics: ${mosaicInfo.mosaics.map((mosaic) => mosaic.name).join(", ")}`, "note"));
  return item;
}

async function start() {
  document.getElementById("landing").href = `/stac/?${VERSION}`;
  const { collections } = await read("/stac/collections");
  for (const collection of collections.slice(0, 200)) list.append(await card(collection));
  const rest = collections.length > 200 ? ` The first 200 are shown.` : "";
  say(`${collections.length} collection${collections.length === 1 ? "" : "s"}.${rest}`);
}

start().catch((error) => say(`The catalog cannot be read: ${error.message}`, true));
