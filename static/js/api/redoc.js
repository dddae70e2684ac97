// Draws the API's description with Redoc; without its search, which would need a worker.
const place = document.getElementById("redoc");
const plain = Element.prototype.setAttribute;

// Redoc asks a foreign host for its maker's logo; nothing of this house does.
Element.prototype.setAttribute = function (name, value) {
  const isForeign = name === "src" && this instanceof HTMLImageElement && new URL(value, location).origin !== location.origin;
  if (!isForeign || String(value).startsWith("data:")) plain.call(this, name, value);
};

window.Redoc.init(place.dataset.schema, { disableSearch: true, hideDownloadButton: false }, place);
