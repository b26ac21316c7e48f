//! The parameters of an EC2 query request: a form body with lists written as `SubnetId.1`, `SubnetId.2`.

/// Parameters in the order of the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Query {
    pairs: Vec<(String, String)>,
}

/// One filter of a Describe call.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Filter {
    pub(super) name: String,
    pub(super) values: Vec<String>,
}

impl Query {
    pub(super) fn parse(body: &[u8]) -> Self {
        Self { pairs: form_urlencoded::parse(body).into_owned().collect() }
    }

    /// A request of our own to the same API version.
    pub(super) fn action(action: &str, parameters: impl IntoIterator<Item = (String, String)>) -> Self {
        let head = [("Action", action), ("Version", "2016-11-15")].map(|(name, value)| (name.into(), value.into()));
        Self { pairs: head.into_iter().chain(parameters).collect() }
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The values of `name.1`, `name.2`, …, by number.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        let number = |key: &str| key.strip_prefix(name)?.strip_prefix('.')?.parse::<u32>().ok();
        let mut items: Vec<_> =
            self.pairs.iter().filter_map(|(key, value)| Some((number(key)?, value.clone()))).collect();
        items.sort_by_key(|(number, _)| *number);
        items.into_iter().map(|(_, value)| value).collect()
    }

    pub(super) fn filters(&self) -> Vec<Filter> {
        (1u32..)
            .map_while(|number| self.get(&format!("Filter.{number}.Name")).map(|name| (number, name.to_owned())))
            .map(|(number, name)| Filter { name, values: self.list(&format!("Filter.{number}.Value")) })
            .collect()
    }

    /// The tags that the request names, for what is made or for what is there.
    pub(super) fn tags(&self) -> Vec<(String, String)> {
        let tag = |key: &str| {
            let number = key.strip_suffix(".Key")?;
            let is_tag = number.starts_with("Tag.") || number.starts_with("TagSpecification.");
            is_tag.then(|| self.get(&format!("{number}.Value")).unwrap_or_default().to_owned())
        };
        self.pairs.iter().filter_map(|(key, name)| Some((name.clone(), tag(key)?))).collect()
    }

    /// The same request with one parameter set.
    pub(super) fn with(&self, name: &str, value: &str) -> Self {
        let mut pairs: Vec<_> = self.pairs.iter().filter(|(key, _)| key != name).cloned().collect();
        pairs.push((name.to_owned(), value.to_owned()));
        Self { pairs }
    }

    /// A text that is equal for requests that ask for the same, whatever their client token.
    pub(super) fn fingerprint(&self) -> String {
        let mut pairs: Vec<_> = self.pairs.iter().filter(|(key, _)| key != "ClientToken").collect();
        pairs.sort();
        form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
    }

    pub(super) fn to_body(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.pairs).finish()
    }
}

/// Numbers the values as `name.1`, `name.2`, ….
pub(super) fn numbered(name: &str, values: &[String]) -> Vec<(String, String)> {
    (1u32..).zip(values).map(|(number, value)| (format!("{name}.{number}"), value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_by_number_and_filters_by_name() {
        let query = Query::parse(
            b"Action=X&SubnetId.10=c&SubnetId.2=b&SubnetId.1=a&SubnetIdOther.1=z\
              &Filter.1.Name=tag%3Acauseway%3Aticket&Filter.1.Value.1=35436",
        );
        assert_eq!(query.list("SubnetId"), ["a", "b", "c"]);
        let filter = Filter { name: "tag:causeway:ticket".to_owned(), values: vec!["35436".to_owned()] };
        assert_eq!(query.filters(), [filter]);
    }

    #[test]
    fn a_fingerprint_ignores_the_token_and_the_order_and_nothing_else() {
        let fingerprint = |body: &str| Query::parse(body.as_bytes()).fingerprint();
        assert_eq!(fingerprint("VpcId=a&ClientToken=1&X=b"), fingerprint("X=b&ClientToken=2&VpcId=a"));
        assert_ne!(fingerprint("VpcId=a"), fingerprint("VpcId=b"));
    }

    #[test]
    fn a_changed_request_encodes_its_values() {
        let query = Query::parse(b"A=1%262&B=x").with("B", "y z");
        assert_eq!(query.to_body(), "A=1%262&B=y+z");
    }
}
