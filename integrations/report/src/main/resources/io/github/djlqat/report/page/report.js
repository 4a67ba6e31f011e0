"use strict";
(function () {
  function key(row, column) {
    var cell = row.cells[column];
    var value = cell.getAttribute("data-value");
    return value === null ? cell.textContent : Number(value);
  }
  function compare(a, b) {
    var textA = typeof a === "string", textB = typeof b === "string";
    if (textA !== textB) { return textA ? 1 : -1; }
    return textA ? a.localeCompare(b, undefined, { numeric: true }) : a - b;
  }
  document.querySelectorAll("table.sortable").forEach(function (table) {
    var body = table.tBodies[0];
    table.querySelectorAll("thead th").forEach(function (heading, column) {
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = heading.textContent;
      heading.textContent = "";
      heading.appendChild(button);
      button.addEventListener("click", function () {
        var descending = heading.getAttribute("aria-sort") === "ascending";
        table.querySelectorAll("thead th").forEach(function (other) { other.removeAttribute("aria-sort"); });
        heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
        var rows = Array.from(body.rows);
        rows.sort(function (a, b) { return compare(key(a, column), key(b, column)); });
        if (descending) { rows.reverse(); }
        rows.forEach(function (row) { body.appendChild(row); });
      });
    });
  });
  var closed = [];
  window.addEventListener("beforeprint", function () {
    closed = Array.from(document.querySelectorAll("details:not(.data):not([open])"));
    closed.forEach(function (part) { part.open = true; });
  });
  window.addEventListener("afterprint", function () {
    closed.forEach(function (part) { part.open = false; });
    closed = [];
  });
}());
